// Echoes what comes over connections, one after the other, until somebody says "quit". Its argument is the
// listener's descriptor.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int served;

static int serve(int fd) {
    char buf[64];
    for (;;) {
        ssize_t n = recv(fd, buf, sizeof buf, 0);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = fd, .events = POLLIN};
            poll(&p, 1, 1000);
            continue;
        }
        if (n <= 0)
            break;
        served += n;
        if (send(fd, buf, n, 0) != n)
            perror("send");
        if (n >= 4 && !memcmp(buf, "quit", 4))
            return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    int listener = argc > 1 ? atoi(argv[1]) : 3;
    int quit = 0;
    for (int i = 0; !quit; i++) {
        int fd = accept4(listener, NULL, NULL, i % 2 ? SOCK_NONBLOCK : 0);
        if (fd < 0) {
            perror("accept");
            return 1;
        }
        quit = serve(fd);
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
    printf("%d bytes\n", served);
    return 0;
}
