/* Preloaded into a process, writes down in order what it does to the files below RECORD_ROOT: every write with its bytes,
 * every sync, truncation, making, renaming and removing. A lock is held around each call and its entry, so that the
 * journal's order is the order of effects. What cannot be seen this way (a writable shared mapping, a call that moves bytes
 * inside the kernel) is written down as "unseen", and the proof then refuses the journal.
 *
 * Entry: u8 operation, u8 isSynced, u16 length of name, u32 length of bytes, u64 offset (little-endian), name, bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { WRITE = 1, SYNC, TRUNCATE, MAKE, MAKE_FOLDER, RENAME, REMOVE, UNSEEN };
enum { MAX_DESCRIPTORS = 4096, MAX_NAME = 512 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char names[MAX_DESCRIPTORS][MAX_NAME];
static unsigned char synced[MAX_DESCRIPTORS];
static char root[PATH_MAX];
static size_t root_length;
static int journal = -1;

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t real_write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return real(fd, bytes, length);
}

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(int, "open", const char *, int, ...);
  return real(path, flags, mode);
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("RECORD_ROOT"), *file = getenv("RECORD_JOURNAL");
  if (!folder || !file || !realpath(folder, root)) return;
  root_length = strlen(root);
  journal = real_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (journal < 0) abort();
}

static void put(const void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t wrote = real_write(journal, (const char *)bytes + done, length - done);
    if (wrote <= 0) abort();
    done += (size_t)wrote;
  }
}

static void enter(enum operation operation, int is_synced, const char *name, uint64_t offset, const void *bytes, size_t length) {
  unsigned char head[16];
  uint16_t name_length = (uint16_t)strlen(name);
  uint32_t bytes_length = (uint32_t)length;
  head[0] = (unsigned char)operation;
  head[1] = (unsigned char)is_synced;
  memcpy(head + 2, &name_length, 2);
  memcpy(head + 4, &bytes_length, 4);
  memcpy(head + 8, &offset, 8);
  put(head, sizeof head);
  put(name, name_length);
  if (length > 0) put(bytes, length);
}

/* The name below the root; NULL when the path is not of interest. */
static const char *below_root(const char *path) {
  if (journal < 0 || !path || strncmp(path, root, root_length) != 0) return NULL;
  if (path[root_length] == 0) return ".";
  return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static const char *name_of(int fd) {
  return fd >= 0 && fd < MAX_DESCRIPTORS && names[fd][0] ? names[fd] : NULL;
}

static int opened(const char *path, int flags, mode_t mode) {
  const char *name = below_root(path);
  if (!name) return real_open(path, flags, mode);
  if (strlen(name) >= MAX_NAME) abort();
  pthread_mutex_lock(&turn);
  int existed = access(path, F_OK) == 0;
  int fd = real_open(path, flags, mode);
  if (fd >= MAX_DESCRIPTORS) abort();
  if (fd >= 0) {
    strcpy(names[fd], name);
    synced[fd] = (flags & O_DSYNC) != 0;
    if (!existed) enter(MAKE, 0, name, 0, NULL, 0);
    else if (flags & O_TRUNC) enter(TRUNCATE, 0, name, 0, NULL, 0);
  }
  pthread_mutex_unlock(&turn);
  return fd;
}

static mode_t mode_given(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) ? (mode_t)va_arg(rest, int) : 0;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_given(flags, rest); \
    va_end(rest); \
    return opened(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_given(flags, rest); \
    va_end(rest); \
    if (below_root(path)) return opened(path, flags, mode); \
    REAL(int, "openat", int, const char *, int, ...); \
    return real(folder, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
  REAL(int, "close", int);
  if (!name_of(fd)) return real(fd);
  pthread_mutex_lock(&turn);
  names[fd][0] = 0;
  int result = real(fd);
  pthread_mutex_unlock(&turn);
  return result;
}

static ssize_t wrote_vector(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
  pthread_mutex_lock(&turn);
  const int is_current = offset < 0;
  const off_t at = is_current ? lseek(fd, 0, SEEK_CUR) : offset;
  const ssize_t result = real(fd, parts, count, at);
  if (result > 0) {
    if (is_current) lseek(fd, at + result, SEEK_SET);
    char *bytes = malloc((size_t)result);
    size_t filled = 0;
    for (int i = 0; i < count && filled < (size_t)result; i++) {
      size_t left = (size_t)result - filled;
      size_t length = parts[i].iov_len < left ? parts[i].iov_len : left;
      memcpy(bytes + filled, parts[i].iov_base, length);
      filled += length;
    }
    enter(WRITE, synced[fd], names[fd], (uint64_t)at, bytes, filled);
    free(bytes);
  }
  pthread_mutex_unlock(&turn);
  return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!name_of(fd)) return real_write(fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return wrote_vector(fd, &part, 1, -1);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  return name_of(fd) ? wrote_vector(fd, parts, count, -1) : real(fd, parts, count);
}

#define PWRITE(name) \
  ssize_t name(int fd, const void *bytes, size_t length, off_t offset) { \
    REAL(ssize_t, #name, int, const void *, size_t, off_t); \
    struct iovec part = {(void *)bytes, length}; \
    return name_of(fd) ? wrote_vector(fd, &part, 1, offset) : real(fd, bytes, length, offset); \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name) \
  ssize_t name(int fd, const struct iovec *parts, int count, off_t offset) { \
    REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t); \
    return name_of(fd) ? wrote_vector(fd, parts, count, offset) : real(fd, parts, count, offset); \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define SYNC_CALL(name) \
  int name(int fd) { \
    REAL(int, #name, int); \
    if (!name_of(fd)) return real(fd); \
    pthread_mutex_lock(&turn); \
    const int result = real(fd); \
    if (result == 0) enter(SYNC, 0, names[fd], 0, NULL, 0); \
    pthread_mutex_unlock(&turn); \
    return result; \
  }
SYNC_CALL(fsync)
SYNC_CALL(fdatasync)

#define TRUNCATE_CALL(name) \
  int name(int fd, off_t length) { \
    REAL(int, #name, int, off_t); \
    if (!name_of(fd)) return real(fd, length); \
    pthread_mutex_lock(&turn); \
    const int result = real(fd, length); \
    if (result == 0) enter(TRUNCATE, 0, names[fd], (uint64_t)length, NULL, 0); \
    pthread_mutex_unlock(&turn); \
    return result; \
  }
TRUNCATE_CALL(ftruncate)
TRUNCATE_CALL(ftruncate64)

int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  pthread_mutex_lock(&turn);
  const int result = real(path, mode);
  const char *name = below_root(path);
  if (result == 0 && name) enter(MAKE_FOLDER, 0, name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  pthread_mutex_lock(&turn);
  const int result = real(from, to);
  const char *source = below_root(from), *target = below_root(to);
  if (result == 0 && source && target) enter(RENAME, 0, source, 0, target, strlen(target));
  pthread_mutex_unlock(&turn);
  return result;
}

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  pthread_mutex_lock(&turn);
  const int result = real(path);
  const char *name = below_root(path);
  if (result == 0 && name) enter(REMOVE, 0, name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

static void unseen(int fd, const char *what) {
  pthread_mutex_lock(&turn);
  enter(UNSEEN, 0, names[fd], 0, what, strlen(what));
  pthread_mutex_unlock(&turn);
}

#define MMAP(name) \
  void *name(void *at, size_t length, int protection, int flags, int fd, off_t offset) { \
    REAL(void *, #name, void *, size_t, int, int, int, off_t); \
    if (name_of(fd) && (protection & PROT_WRITE) && (flags & MAP_SHARED)) unseen(fd, "a writable shared mapping"); \
    return real(at, length, protection, flags, fd, offset); \
  }
MMAP(mmap)
MMAP(mmap64)

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) {
  REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
  if (name_of(to)) unseen(to, "copy_file_range");
  return real(from, from_offset, to, to_offset, length, flags);
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
  REAL(int, "fallocate", int, int, off_t, off_t);
  if (name_of(fd)) unseen(fd, "fallocate");
  return real(fd, mode, offset, length);
}
