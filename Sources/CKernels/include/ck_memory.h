#ifndef CK_MEMORY_H
#define CK_MEMORY_H

#include <stddef.h>

// Tells the C library to keep memory that is given back, up to `most` bytes at the end of the heap, for who asks next; blocks of
// more than `block` bytes still come from the system and go back to it. Does nothing where the library has no such setting.
void ck_keep_memory(size_t block, size_t most);

#endif
