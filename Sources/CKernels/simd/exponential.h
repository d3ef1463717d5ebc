// exp of sixteen floats: x = n ln 2 + r with |r| <= ln 2 / 2, then a polynomial in r (Taylor, degree 7: the first
// neglected term is below 2^-27) times 2^n. Results below the smallest normal number are 0.

CK_INLINE vector CK_NAME(exponential)(vector x) {
  const vector low = broadcast(-87.33654f), high = broadcast(88.72283f);
  integers vanishes = x < low;
  integers overflows = x > high;
  vector bounded = select(vanishes, low, x);
  bounded = select(overflows, high, bounded);

  // Adding 1.5 * 2^23 rounds to the nearest integer.
  const vector magic = broadcast(12582912.0f);
  vector n = (bounded * 1.44269504f + magic) - magic;
  vector r = multiply_add(n, broadcast(-0.693359375f), bounded);
  r = multiply_add(n, broadcast(2.12194440e-4f), r);

  vector p = broadcast(1.0f / 5040);
  p = multiply_add(p, r, broadcast(1.0f / 720));
  p = multiply_add(p, r, broadcast(1.0f / 120));
  p = multiply_add(p, r, broadcast(1.0f / 24));
  p = multiply_add(p, r, broadcast(1.0f / 6));
  p = multiply_add(p, r, broadcast(0.5f));
  p = multiply_add(p, r, broadcast(1.0f));
  p = multiply_add(p, r, broadcast(1.0f));

  // 2^n in two steps: n can be 128.
  integers whole = __builtin_convertvector(n, integers);
  integers half = whole >> 1;
  vector first = (vector)((half + 127) << 23);
  vector second = (vector)((whole - half + 127) << 23);
  vector value = p * first * second;
  value = select(vanishes, (vector){}, value);
  return select(overflows, broadcast(__builtin_inff()), value);
}

// tanh: near 0 an odd polynomial (Cephes' tanhf: Moshier), elsewhere by the exponential.
CK_INLINE vector CK_NAME(hyperbolic_tangent)(vector x) {
  vector square = x * x;
  vector p = broadcast(-5.70498872745e-3f);
  p = multiply_add(p, square, broadcast(2.06390887954e-2f));
  p = multiply_add(p, square, broadcast(-5.37397155531e-2f));
  p = multiply_add(p, square, broadcast(1.33314422036e-1f));
  p = multiply_add(p, square, broadcast(-3.33332819422e-1f));
  vector near = multiply_add(p * square, x, x);
  vector far = 1.0f - 2.0f / (CK_NAME(exponential)(x + x) + 1.0f);
  return select((square < broadcast(0.390625f)), near, far);
}

// erf as a quotient of polynomials for |x| <= 4, beyond which float32 knows only 1 (the coefficients are Eigen's).
CK_INLINE vector CK_NAME(error_function)(vector x) {
  const vector limit = broadcast(4.0f);
  vector bounded = select((x > limit), limit, x);
  bounded = select((bounded < -limit), -limit, bounded);
  vector square = bounded * bounded;
  vector p = broadcast(-2.72614225801306e-10f);
  p = multiply_add(p, square, broadcast(2.77068142495902e-08f));
  p = multiply_add(p, square, broadcast(-2.10102402082508e-06f));
  p = multiply_add(p, square, broadcast(-5.69250639462346e-05f));
  p = multiply_add(p, square, broadcast(-7.34990630326855e-04f));
  p = multiply_add(p, square, broadcast(-2.95459980854025e-03f));
  p = multiply_add(p, square, broadcast(-1.60960333262415e-02f));
  vector q = broadcast(-1.45660718464996e-05f);
  q = multiply_add(q, square, broadcast(-2.13374055278905e-04f));
  q = multiply_add(q, square, broadcast(-1.68282697438203e-03f));
  q = multiply_add(q, square, broadcast(-7.37332916720468e-03f));
  q = multiply_add(q, square, broadcast(-1.42647390514189e-02f));
  return bounded * p / q;
}

CK_INLINE float CK_NAME(sum)(vector v) {
  float part[lanes];
  store(part, v);
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i) part[i] += part[i + width];
  return part[0];
}

CK_INLINE vector CK_NAME(load_first)(const float *x, size_t n, float filler) {
  float part[lanes];
  for (size_t i = 0; i < lanes; ++i) part[i] = i < n ? x[i] : filler;
  return load(part);
}

CK_INLINE void CK_NAME(store_first)(float *out, size_t n, vector v) {
  float part[lanes];
  store(part, v);
  memcpy(out, part, n * sizeof(float));
}
