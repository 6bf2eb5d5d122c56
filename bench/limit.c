/* The bench model (limit/study.yaml) by hand, with Standoff's arithmetic: what a kernel's speed is measured against.
 *
 * Futures are lanes of the inner loop, a block of one profile at a time; blocks are shared out over threads.
 * The recipes are those of standoff/base/arithmetic.py and streams.py, operation for operation, so that every outcome
 * equals the kernel's bit for bit (without -ffast-math).
 *
 * Compile: gcc -O3 -march=native -fopenmp -ffp-contract=off -fno-math-errno -fno-trapping-math -shared -fPIC limit.c
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef LANES
#define LANES 64
#endif
#define STEPS 40
#define POWERS 4

static inline double from_bits(int64_t bits) { double x; memcpy(&x, &bits, 8); return x; }
static inline int64_t to_bits(double x) { int64_t bits; memcpy(&bits, &x, 8); return bits; }

#ifdef FAST
#define exp_of exp
#define log_of log
static inline double logistic_of(double x) { return 1.0 / (1.0 + exp(-x)); }
#else
static const double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;

static inline double two_to(double k) { return from_bits((int64_t)((uint64_t)to_bits(k + (4503599627370496.0 + 1023.0)) << 52)); }

static inline double exp_of(double x)
{
    double c = x > 710.0 ? 710.0 : x < -746.0 ? -746.0 : x;
    double k = floor(c * 1.4426950408889634 + 0.5);
    double high = c - k * LN2_HIGH, low = k * LN2_LOW;
    double r = high - low;
    double lost = (high - r) - low;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 1.0 / 2.0;
    double tail = r + (r * r * p + lost);
    double half = floor(0.5 * k);
    double y = (1.0 + tail) * two_to(half) * two_to(k - half);
    return x == x ? y : NAN;
}

static inline double log_of(double x)
{
    int tiny = x < 2.2250738585072014e-308;
    int64_t bits = to_bits(tiny ? x * 18014398509481984.0 : x);
    int64_t steps = (bits + ((1022LL << 52) - 0x3FE6A09E667F3BCDLL)) >> 52;
    double m = from_bits(bits - (int64_t)((uint64_t)(steps - 1022) << 52));
    double k = from_bits((steps & 0xFFF) | 0x4330000000000000LL)
        - (tiny ? 4503599627370496.0 + 1076.0 : 4503599627370496.0 + 1022.0);
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
    double p = 1.479819860511658591e-01;
    p = p * z + 1.531383769920937332e-01;
    p = p * z + 1.818357216161805012e-01;
    p = p * z + 2.222219843214978396e-01;
    p = p * z + 2.857142874366239149e-01;
    p = p * z + 3.999999999940941908e-01;
    p = p * z + 6.666666666666735130e-01;
    double tail = s * (half + z * p);
    double y = k * LN2_HIGH - ((half - (tail + k * LN2_LOW)) - f);
    return x > 0.0 ? (x < INFINITY ? y : INFINITY) : x == 0.0 ? -INFINITY : NAN;
}

static inline double logistic_of(double x)
{
    double small = exp_of(-fabs(x)); /* which has no branch for the compiler to make a jump of */
    return (x > 0.0 ? 1.0 : small) / (1.0 + small);
}
#endif

static inline double luck(uint64_t key, uint64_t counter)
{
    uint64_t z = key + counter;
    z = (z ^ (z >> 27)) * 0x3C79AC492BA7B653ULL;
    z = (z ^ (z >> 33)) * 0x1C69B3F74AC4AE35ULL;
    z = z ^ (z >> 27);
    return from_bits((int64_t)((z >> 12) | 0x3FF0000000000000ULL)) - (1.0 - 0x1p-53);
}

typedef struct { double arms[POWERS][LANES], trust[POWERS][LANES], wealth[POWERS][LANES]; } State;

/* One block: n futures, columns as (fear, growth, burden, healing, rashness), played as (builds, holds, matches).
 * counters: (steps, draws), the draws shock0 .. shock3 and crisis. out: rows arms, tension, crises, payoffs. */
static void block(int64_t first, int64_t count, int64_t n, const double *columns, int64_t n_worlds,
                  const int64_t *worlds, const uint64_t *keys, const double *played, const uint64_t *counters,
                  double *out)
{
    State now __attribute__((aligned(64)));
    double column[5][LANES] __attribute__((aligned(64))), tensions[LANES], crises[LANES], payoffs[POWERS][LANES],
        others[POWERS][LANES], tension[LANES], chance[LANES], crisis[LANES];
    uint64_t key[LANES];
    for (int i = 0; i < LANES; i++) {
        int64_t at = first + (i < count ? i : count - 1);
        key[i] = keys[at];
        for (int c = 0; c < 5; c++) column[c][i] = columns[c * n_worlds + worlds[at]];
        for (int p = 0; p < POWERS; p++) {
            now.arms[p][i] = 10.0 + p;
            now.trust[p][i] = 0.5;
            now.wealth[p][i] = 1.0;
            payoffs[p][i] = 0.0;
        }
        tensions[i] = crises[i] = 0.0;
    }
    for (int t = 0; t < STEPS; t++) {
        const uint64_t *draw = counters + 5 * t;
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            double a0 = now.arms[0][i], a1 = now.arms[1][i], a2 = now.arms[2][i], a3 = now.arms[3][i];
            double t0 = now.trust[0][i], t1 = now.trust[1][i], t2 = now.trust[2][i], t3 = now.trust[3][i];
            others[0][i] = a1 + a2 + a3;
            others[1][i] = a0 + a2 + a3;
            others[2][i] = a0 + a1 + a3;
            others[3][i] = a0 + a1 + a2;
            tension[i] = log_of(1.0 + a0 + a1 + a2 + a3) * (1.0 - 0.25 * (t0 + t1 + t2 + t3));
        }
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            chance[i] = logistic_of(column[4][i] * tension[i] - 5.0);
        }
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            crisis[i] = luck(key[i], draw[4]) < chance[i] ? 1.0 : 0.0;
            tensions[i] = tensions[i] + tension[i];
            crises[i] = crises[i] + crisis[i];
        }
        for (int p = 0; p < POWERS; p++) {
            const int always = played[p] == 0.0, matches = played[p] == 2.0;
#pragma omp simd
            for (int i = 0; i < LANES; i++) {
                double arms = now.arms[p][i], trust = now.trust[p][i], wealth = now.wealth[p][i];
                double threat = others[p][i] / 3.0 - arms;
                int builds = always | (matches & (3.0 * arms < others[p][i]));
                double fright = threat + 2.0;
                fright = fright > 0.0 ? fright : 0.0;
                double grown = column[0][i] * fright * (1.5 - trust), kept = 0.02 * arms;
                double shock = -1.0 + luck(key[i], draw[p]) * 2.0;
                shock = shock < -1.0 ? -1.0 : shock > 1.0 ? 1.0 : shock;
                payoffs[p][i] = payoffs[p][i] + (wealth + 0.1 * arms - 0.05 * threat - tension[i] * crisis[i]);
                double healed = trust + column[3][i] * (1.0 - trust) - 0.2 * crisis[i] - 0.01 * threat;
                now.trust[p][i] = healed < 0.0 ? 0.0 : healed > 1.0 ? 1.0 : healed;
                now.wealth[p][i] = wealth * exp_of(column[1][i] - column[2][i] * arms + 0.02 * shock);
                now.arms[p][i] = 0.99 * arms + (builds ? grown : kept);
            }
        }
    }
    for (int64_t i = 0; i < count; i++) {
        out[0 * n + first + i] = now.arms[0][i] + now.arms[1][i] + now.arms[2][i] + now.arms[3][i];
        out[1 * n + first + i] = tensions[i] / (double)STEPS;
        out[2 * n + first + i] = crises[i];
        for (int p = 0; p < POWERS; p++) out[(3 + p) * n + first + i] = payoffs[p][i];
    }
}

void run(int64_t n, const double *columns, int64_t n_worlds, const int64_t *worlds, const uint64_t *keys,
         const double *played, const uint64_t *counters, double *out, int threads)
{
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int64_t first = 0; first < n; first += LANES)
        block(first, n - first < LANES ? n - first : LANES, n, columns, n_worlds, worlds, keys, played, counters, out);
}
