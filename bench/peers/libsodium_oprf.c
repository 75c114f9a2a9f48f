/* libsodium's ristretto255 doing the holder's work of RFC 9497, one core: hash to group, multiply, hash.
 *
 *     cc -O2 libsodium_oprf.c -l:libsodium.so.23 -o libsodium_oprf && ./libsodium_oprf 20000
 *
 * Declares what it uses, so that the library is enough and its headers are not needed. Prints processor seconds as one
 * JSON object: "evaluate" (own inputs to outputs) and "blind_evaluate" (decode, multiply, encode).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int sodium_init(void);
const char *sodium_version_string(void);
int crypto_hash_sha512(unsigned char *out, const unsigned char *in, unsigned long long length);
void crypto_core_ristretto255_scalar_random(unsigned char *r);
int crypto_core_ristretto255_from_hash(unsigned char *p, const unsigned char *r);
int crypto_scalarmult_ristretto255(unsigned char *q, const unsigned char *n, const unsigned char *p);

static const unsigned char TAG[41] = "HashToGroup-OPRFV1-\0-ristretto255-SHA512\x28";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void hash_to_group(unsigned char *element, const unsigned char *input, size_t length)
{
    unsigned char first[256] = {0}, second[64 + 1 + sizeof TAG], uniform[64];
    memcpy(first + 128, input, length);
    memcpy(first + 128 + length, "\0\x40\0", 3);
    memcpy(first + 128 + length + 3, TAG, sizeof TAG);
    crypto_hash_sha512(second, first, 128 + length + 3 + sizeof TAG);
    second[64] = 1;
    memcpy(second + 65, TAG, sizeof TAG);
    crypto_hash_sha512(uniform, second, sizeof second);
    crypto_core_ristretto255_from_hash(element, uniform);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 20000, wrong = 0;
    unsigned char key[32], element[32], issued[32], text[128], output[64];
    unsigned char *elements = malloc(32UL * (size_t)n);
    if (sodium_init() < 0 || !elements)
        return 1;
    crypto_core_ristretto255_scalar_random(key);
    double start = seconds();
    for (int i = 0; i < n; i++) {
        unsigned char input[32];
        int length = snprintf((char *)input, sizeof input, "k1;n;zorvek+marek;%08d", i);
        hash_to_group(element, input, (size_t)length);
        wrong += crypto_scalarmult_ristretto255(issued, key, element) != 0;
        memcpy(elements + 32L * i, issued, 32);
        text[0] = 0, text[1] = (unsigned char)length;
        memcpy(text + 2, input, (size_t)length);
        memcpy(text + 2 + length, "\0\x20", 2);
        memcpy(text + 4 + length, issued, 32);
        memcpy(text + 36 + length, "Finalize", 8);
        crypto_hash_sha512(output, text, (unsigned long long)length + 44);
    }
    double evaluate = seconds() - start;
    start = seconds();
    for (int i = 0; i < n; i++)
        wrong += crypto_scalarmult_ristretto255(issued, key, elements + 32L * i) != 0;
    double blind_evaluate = seconds() - start;
    printf("{\"version\": \"%s\", \"count\": %d, \"evaluate\": %.6f, \"blind_evaluate\": %.6f}\n", sodium_version_string(), n, evaluate,
           blind_evaluate);
    free(elements);
    return wrong != 0;
}
