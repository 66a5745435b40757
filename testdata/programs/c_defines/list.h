// A list whose links are inside of its items, as the kernel has it.
struct link {
    struct link *next;
};

#define offset_of(type, member) ((unsigned long)&((type *)0)->member)
#define container_of(ptr, type, member) \
    ((type *)((char *)(ptr) - offset_of(type, member)))
#define for_each(at, head) for (struct link *at = (head)->next; at; at = at->next)

#ifdef _WIN32
#define SEPARATOR '\\'
#else
#define SEPARATOR '/' /* everywhere else */
#endif

#ifndef STEPS
#define STEPS 3
#endif

#undef END
#define END (-1)
