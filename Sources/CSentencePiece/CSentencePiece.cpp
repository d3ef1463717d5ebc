#include "CSentencePiece.h"

#include <sentencepiece_processor.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>

struct csp_model {
    sentencepiece::SentencePieceProcessor processor;
};

static void copy_message(const char *source, char *message, size_t capacity) {
    if (message != nullptr && capacity > 0) {
        std::snprintf(message, capacity, "%s", source);
    }
}

static std::string_view view(const uint8_t *bytes, size_t count) {
    return std::string_view(reinterpret_cast<const char *>(bytes), count);
}

csp_model *csp_model_create(const uint8_t *bytes, size_t count, char *message, size_t capacity) {
    try {
        auto model = std::make_unique<csp_model>();
        const auto status = model->processor.LoadFromSerializedProto(view(bytes, count));
        if (!status.ok()) {
            copy_message(status.error_message(), message, capacity);
            return nullptr;
        }
        return model.release();
    } catch (const std::exception &error) {
        copy_message(error.what(), message, capacity);
    } catch (...) {
        copy_message("unknown exception", message, capacity);
    }
    return nullptr;
}

void csp_model_destroy(csp_model *model) { delete model; }

int32_t csp_model_piece_count(const csp_model *model) { return model->processor.GetPieceSize(); }

int32_t csp_model_encode(
    const csp_model *model, const uint8_t *text, size_t count, csp_token **tokens, size_t *token_count) {
    *tokens = nullptr;
    *token_count = 0;
    try {
        sentencepiece::ImmutableSentencePieceText encoded;
        if (!model->processor.Encode(view(text, count), encoded.mutable_proto()).ok()) {
            return -1;
        }
        const size_t pieces = encoded.pieces_size();
        auto *result = static_cast<csp_token *>(std::calloc(pieces > 0 ? pieces : 1, sizeof(csp_token)));
        if (result == nullptr) {
            return -1;
        }
        for (size_t index = 0; index < pieces; ++index) {
            const auto piece = encoded.pieces(static_cast<int>(index));
            result[index] = {static_cast<int32_t>(piece.id()), piece.begin(), piece.end()};
        }
        *tokens = result;
        *token_count = pieces;
        return 0;
    } catch (...) {
        return -1;
    }
}

void csp_tokens_destroy(csp_token *tokens) { std::free(tokens); }
