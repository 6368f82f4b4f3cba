/* A program that keeps what it maps by raw system calls and gives back what it maps by libc: what the probes are tried on. Ends by itself after 120 seconds. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 98304L
#define SCRATCH 65536L
#define NOINLINE __attribute__((noinline))

static void *volatile kept;
static void *volatile small;
static volatile int never;

NOINLINE static void *raw_map(long bytes) {
    char *p = (char *)syscall(SYS_mmap, 0L, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
    memset(p, 1, bytes);
    return p;
}

NOINLINE void blob_store_append(void) { kept = raw_map(BLOCK); never++; }

NOINLINE void scratch_buffer(void) {
    char *p = mmap(NULL, SCRATCH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[0] = 1;
    munmap(p, SCRATCH);
    never++;
}

NOINLINE void serve_request(void) {
    blob_store_append();
    scratch_buffer();
    small = malloc(300);
    never++;
}

static void *worker(void *unused) {
    struct timespec pause = {0, 20000000};
    (void)unused;
    for (;;) {
        scratch_buffer();
        nanosleep(&pause, NULL);
    }
    return NULL;
}

int main(void) {
    pthread_t thread;
    struct timespec pause = {0, 20000000};
    alarm(120);
    pthread_create(&thread, NULL, worker, NULL);
    printf("%ld\n", (long)getpid());
    fflush(stdout);
    for (;;) {
        serve_request();
        nanosleep(&pause, NULL);
    }
}
