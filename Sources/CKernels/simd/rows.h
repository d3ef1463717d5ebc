// One row at a time; see ck_rows.h. A row's last, incomplete vector is filled up and treated like the others.

#define FOR_VECTORS(i, n) for (size_t i = 0; i < (n); i += lanes)
#define LEFT(i, n) ((n) - (i) < lanes ? (n) - (i) : lanes)
#define READ(p, i, n, filler) ((n) - (i) >= lanes ? load((p) + (i)) : CK_NAME(load_first)((p) + (i), (n) - (i), filler))
#define WRITE(p, i, n, v)                                  \
  do {                                                     \
    if ((n) - (i) >= lanes) store((p) + (i), v);           \
    else CK_NAME(store_first)((p) + (i), (n) - (i), v);    \
  } while (0)

static float CK_NAME(dot)(const float *a, const float *b, size_t n) {
  vector total = {};
  FOR_VECTORS(i, n) {
    vector left = READ(a, i, n, 0), right = READ(b, i, n, 0);
    total = multiply_add(left, right, total);
  }
  return CK_NAME(sum)(total);
}

static float CK_NAME(sum_row)(const float *x, size_t n) {
  vector total = {};
  FOR_VECTORS(i, n) total += READ(x, i, n, 0);
  return CK_NAME(sum)(total);
}

static float CK_NAME(rms_scale)(const float *x, size_t n, float epsilon) {
  return __builtin_sqrtf(CK_NAME(dot)(x, x, n) / (float)n + epsilon);
}

static void CK_NAME(divide)(const float *x, float scale, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(out, i, n, v / scale);
  }
}

static void CK_NAME(multiply)(const float *a, const float *b, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector left = READ(a, i, n, 0), right = READ(b, i, n, 0);
    WRITE(out, i, n, left * right);
  }
}

static void CK_NAME(add)(const float *a, const float *b, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector left = READ(a, i, n, 0), right = READ(b, i, n, 0);
    WRITE(out, i, n, left + right);
  }
}

static void CK_NAME(add_scaled)(float *x, float k, const float *y, size_t n) {
  FOR_VECTORS(i, n) {
    vector left = READ(x, i, n, 0), right = READ(y, i, n, 0);
    WRITE(x, i, n, multiply_add(right, broadcast(k), left));
  }
}

static void CK_NAME(silu_multiply)(const float *gate, const float *up, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector g = READ(gate, i, n, 0), u = READ(up, i, n, 0);
    vector silu = g / (1.0f + CK_NAME(exponential)(-g));
    WRITE(out, i, n, silu * u);
  }
}

static void CK_NAME(center)(const float *x, float *out, size_t n) {
  const float mean = CK_NAME(sum_row)(x, n) / (float)n;
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(out, i, n, v - mean);
  }
}

static void CK_NAME(silu)(const float *x, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(out, i, n, v / (1.0f + CK_NAME(exponential)(-v)));
  }
}

static void CK_NAME(gelu)(const float *x, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    vector phi = 0.5f * (1.0f + CK_NAME(error_function)(v * 0.70710678f));
    WRITE(out, i, n, v * phi);
  }
}

static void CK_NAME(gelu_tanh)(const float *x, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    vector inner = 0.79788456f * multiply_add(v * v * v, broadcast(0.044715f), v);
    WRITE(out, i, n, 0.5f * v * (1.0f + CK_NAME(hyperbolic_tangent)(inner)));
  }
}

static void CK_NAME(quick_gelu)(const float *x, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(out, i, n, v / (1.0f + CK_NAME(exponential)(v * -1.702f)));
  }
}

static void CK_NAME(relu)(const float *x, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(out, i, n, select((v <= (vector){}), (vector){}, v));
  }
}

static void CK_NAME(relu_squared)(const float *x, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    vector positive = select((v <= (vector){}), (vector){}, v);
    WRITE(out, i, n, positive * positive);
  }
}

static void CK_NAME(soft_cap)(const float *x, float cap, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(out, i, n, CK_NAME(hyperbolic_tangent)(v / cap) * cap);
  }
}

static void CK_NAME(rotate_interleaved)(float *x, const float *cosines, const float *sines, size_t pairs) {
  for (size_t i = 0; i < pairs; ++i) {
    float a = x[2 * i], b = x[2 * i + 1];
    x[2 * i] = a * cosines[i] - b * sines[i];
    x[2 * i + 1] = b * cosines[i] + a * sines[i];
  }
}

static void CK_NAME(rotate_halves)(float *x, const float *cosines, const float *sines, size_t pairs) {
  for (size_t i = 0; i < pairs; ++i) {
    float a = x[i], b = x[i + pairs];
    x[i] = a * cosines[i] - b * sines[i];
    x[i + pairs] = b * cosines[i] + a * sines[i];
  }
}

static float CK_NAME(max)(const float *x, size_t n) {
  const float least = -__builtin_inff();
  vector best = broadcast(least);
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, least);
    best = select(v > best, v, best);
  }
  float part[lanes], largest = least;
  store(part, best);
  for (int i = 0; i < lanes; ++i) largest = part[i] > largest ? part[i] : largest;
  return largest;
}

// Sixteen float sums of at most 256 terms each, then double.
static double CK_NAME(sum_of_exponentials)(const float *x, size_t n, float shift) {
  double total = 0;
  for (size_t begin = 0; begin < n; begin += 256 * lanes) {
    size_t end = n - begin < 256 * lanes ? n : begin + 256 * lanes;
    vector part = {};
    for (size_t i = begin; i < end; i += lanes)
      part += CK_NAME(exponential)(READ(x, i, end, -__builtin_inff()) - shift);
    float lane[lanes];
    store(lane, part);
    for (int i = 0; i < lanes; ++i) total += lane[i];
  }
  return total;
}

static void CK_NAME(exp_scaled)(const float *x, float shift, float factor, float *out, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = (READ(x, i, n, 0) - shift) * factor;
    WRITE(out, i, n, CK_NAME(exponential)(v));
  }
}

static void CK_NAME(softmax)(float *x, size_t n) {
  float largest = CK_NAME(max)(x, n);
  vector total = {};
  FOR_VECTORS(i, n) {
    vector e = CK_NAME(exponential)(READ(x, i, n, -__builtin_inff()) - largest);
    total += e;
    WRITE(x, i, n, e);
  }
  float inverse = 1.0f / CK_NAME(sum)(total);
  FOR_VECTORS(i, n) {
    vector e = READ(x, i, n, 0);
    WRITE(x, i, n, e * inverse);
  }
}

static const ck_row_kernels CK_NAME(row_kernels) = {
    CK_NAME(dot),        CK_NAME(sum_row), CK_NAME(rms_scale),          CK_NAME(divide),
    CK_NAME(multiply),   CK_NAME(add),     CK_NAME(add_scaled),         CK_NAME(center),
    CK_NAME(silu_multiply), CK_NAME(silu), CK_NAME(gelu),               CK_NAME(gelu_tanh),
    CK_NAME(quick_gelu), CK_NAME(relu),    CK_NAME(relu_squared),
    CK_NAME(soft_cap),   CK_NAME(rotate_interleaved), CK_NAME(rotate_halves), CK_NAME(max),
    CK_NAME(sum_of_exponentials), CK_NAME(exp_scaled), CK_NAME(softmax),
};
