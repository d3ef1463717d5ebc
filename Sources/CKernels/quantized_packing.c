#include <string.h>

#include "simd/quantized_layout.h"

// What one file block says about 32 of its inputs.
typedef struct {
  uint8_t codes[32];
  uint8_t scales[4];  // as stored: float16 scale and minimum, or one byte each
} cell_row;

static uint8_t nibble_of(const uint8_t *nibbles, size_t i) { return i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4; }

static void read_q5(const uint8_t *high_bits, const uint8_t *nibbles, cell_row *row) {
  uint32_t high;
  memcpy(&high, high_bits, sizeof high);
  for (size_t i = 0; i < 32; ++i) row->codes[i] = nibble_of(nibbles, i) | (uint8_t)((high >> i & 1) << 4);
}

static void read_q5_0(const uint8_t *block, cell_row *row) {
  memcpy(row->scales, block, 2);
  read_q5(block + 2, block + 6, row);
}

static void read_q5_1(const uint8_t *block, cell_row *row) {
  memcpy(row->scales, block, 4);
  read_q5(block + 4, block + 8, row);
}

// Six bits each of the scale and the minimum of sub-block `sub`, from the 12 bytes that hold eight of them.
static void read_k_scales(const uint8_t *bytes, size_t sub, uint8_t out[2]) {
  if (sub < 4) {
    out[0] = bytes[sub] & 63;
    out[1] = bytes[sub + 4] & 63;
  } else {
    out[0] = (bytes[sub + 4] & 15) | (uint8_t)(bytes[sub - 4] >> 6 << 4);
    out[1] = (bytes[sub + 4] >> 4) | (uint8_t)(bytes[sub] >> 6 << 4);
  }
}

static void read_q4_k(const uint8_t *block, size_t sub, cell_row *row) {
  read_k_scales(block + 4, sub, row->scales);
  const uint8_t *nibbles = block + 16 + sub / 2 * 32;
  for (size_t i = 0; i < 32; ++i) row->codes[i] = sub % 2 ? nibbles[i] >> 4 : nibbles[i] & 15;
}

static void read_q5_k(const uint8_t *block, size_t sub, cell_row *row) {
  read_k_scales(block + 4, sub, row->scales);
  const uint8_t *high = block + 16, *nibbles = block + 48 + sub / 2 * 32;
  for (size_t i = 0; i < 32; ++i)
    row->codes[i] = (sub % 2 ? nibbles[i] >> 4 : nibbles[i] & 15) | (uint8_t)((high[i] >> sub & 1) << 4);
}

static void read_q6_k(const uint8_t *block, size_t sub, cell_row *row) {
  size_t half = sub / 4, quarter = sub % 4;
  const uint8_t *low = block + half * 64 + quarter % 2 * 32, *high = block + 128 + half * 32;
  for (size_t i = 0; i < 32; ++i)
    row->codes[i] = (quarter < 2 ? low[i] & 15 : low[i] >> 4) | (uint8_t)((high[i] >> 2 * quarter & 3) << 4);
  memcpy(row->scales, block + 192 + 2 * sub, 2);
}

static void read_cell_row(ck_quantized_type type, const uint8_t *block, size_t sub, cell_row *row) {
  switch (type) {
    case CK_Q5_0: read_q5_0(block, row); break;
    case CK_Q5_1: read_q5_1(block, row); break;
    case CK_Q4_K: read_q4_k(block, sub, row); break;
    case CK_Q5_K: read_q5_k(block, sub, row); break;
    case CK_Q6_K: read_q6_k(block, sub, row); break;
    default: break;
  }
}

static void write_low_bits(const cell_row *row, size_t output, uint8_t *low) {
  for (size_t i = 0; i < 32; ++i) {
    size_t quad = i / 4, byte = 4 * output + i % 4;
    low[64 * (quad % 4) + byte] |= (uint8_t)((row->codes[i] & 15) << (quad < 4 ? 0 : 4));
  }
}

static void write_high_bits(const ck_quantized_layout *layout, const cell_row *row, size_t output, uint8_t *high) {
  for (size_t i = 0; i < 32; ++i) {
    size_t quad = i / 4, byte = 4 * output + i % 4;
    if (layout->code_bits == 5) high[8 * quad + byte / 8] |= (uint8_t)((row->codes[i] >> 4) << byte % 8);
    if (layout->code_bits == 6) high[64 * (quad / 4) + byte] |= (uint8_t)((row->codes[i] >> 4) << 2 * (quad % 4));
  }
}

// One value of `width` bytes for each output, then the second value of each.
static void write_scales(size_t width, size_t count, const uint8_t *values, size_t output, uint8_t *out) {
  for (size_t i = 0; i < count; ++i) memcpy(out + i * 16 * width + output * width, values + i * width, width);
}

static void write_header(ck_quantized_type type, const uint8_t *block, size_t output, uint8_t *header) {
  if (type == CK_Q6_K) write_scales(2, 1, block + 208, output, header);
  else write_scales(2, 2, block, output, header);
}

// The words of a block's integers go to the quads as they are: byte i of a 4-bit block holds inputs i and i + 16, as a
// cell does.
static void scatter_words(const uint8_t *words, size_t count, uint32_t flip, size_t output, uint8_t *low) {
  for (size_t g = 0; g < count; ++g) {
    uint32_t word;
    memcpy(&word, words + 4 * g, sizeof word);
    word ^= flip;
    memcpy(low + 64 * g + 4 * output, &word, sizeof word);
  }
}

// Whether a row was packed: types whose blocks need no taking apart.
static int pack_plain_row(ck_quantized_type type, const uint8_t *blocks, size_t output, size_t inputs,
                          uint8_t *panel) {
  if (type != CK_Q4_0 && type != CK_Q4_1 && type != CK_Q8_0) return 0;
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  size_t scales = layout->scale_bytes / 32, words = layout->low_bytes / 64;
  for (size_t b = 0; b < inputs / 32; ++b, blocks += layout->block_bytes, panel += ck_cell_bytes(layout)) {
    scatter_words(blocks + 2 * scales, words, type == CK_Q8_0 ? 0x80808080 : 0, output, panel);
    write_scales(2, scales, blocks, output, panel + layout->low_bytes);
  }
  return 1;
}

static void pack_row(ck_quantized_type type, const uint8_t *blocks, size_t output, size_t inputs, uint8_t *panel) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  size_t cells = layout->block_elements / 32, scale_width = cells == 1 ? 2 : 1;
  for (size_t b = 0; b < inputs / layout->block_elements; ++b, blocks += layout->block_bytes) {
    if (layout->header_bytes) write_header(type, blocks, output, panel);
    panel += layout->header_bytes;
    for (size_t sub = 0; sub < cells; ++sub, panel += ck_cell_bytes(layout)) {
      cell_row row;
      read_cell_row(type, blocks, sub, &row);
      write_low_bits(&row, output, panel);
      write_high_bits(layout, &row, output, panel + layout->low_bytes);
      write_scales(scale_width, layout->scale_bytes / 16 / scale_width, row.scales, output,
                   panel + layout->low_bytes + layout->high_bytes);
    }
  }
}

void ck_pack_quantized(ck_quantized_type type, const void *blocks, size_t outputs, size_t inputs, void *panel) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  size_t row_bytes = inputs / layout->block_elements * layout->block_bytes;
  memset(panel, 0, ck_quantized_panel_bytes(type, inputs));
  for (size_t output = 0; output < outputs; ++output) {
    const uint8_t *row = (const uint8_t *)blocks + output * row_bytes;
    if (!pack_plain_row(type, row, output, inputs, panel)) pack_row(type, row, output, inputs, panel);
  }
}

size_t ck_quantized_block_elements(ck_quantized_type type) { return ck_quantized_layouts[type].block_elements; }

size_t ck_quantized_block_bytes(ck_quantized_type type) { return ck_quantized_layouts[type].block_bytes; }

size_t ck_quantized_panel_bytes(ck_quantized_type type, size_t inputs) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  return inputs / 32 * ck_cell_bytes(layout) + inputs / layout->block_elements * layout->header_bytes;
}
