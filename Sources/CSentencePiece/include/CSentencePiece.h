#ifndef CSENTENCEPIECE_H
#define CSENTENCEPIECE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A loaded model. Every function that takes one may be called from several threads at once.
typedef struct csp_model csp_model;

// One piece of an encoded text: its id, and the bytes [begin, end) of the input that it covers.
typedef struct csp_token {
    int32_t id;
    uint32_t begin;
    uint32_t end;
} csp_token;

// Reads a serialized ModelProto. NULL when the library refuses it; then `message`, of `capacity` bytes, holds the
// reason, cut short where need be and always ended by a zero byte. `bytes` is not kept.
csp_model *csp_model_create(const uint8_t *bytes, size_t count, char *message, size_t capacity);

void csp_model_destroy(csp_model *model);

// Number of pieces.
int32_t csp_model_piece_count(const csp_model *model);

// Splits `count` bytes of UTF-8. Returns 0 and an array to be given to csp_tokens_destroy, or -1 and NULL when the
// library reports an error or memory runs out.
int32_t csp_model_encode(
    const csp_model *model, const uint8_t *text, size_t count, csp_token **tokens, size_t *token_count);

void csp_tokens_destroy(csp_token *tokens);

#ifdef __cplusplus
}
#endif

#endif
