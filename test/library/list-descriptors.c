/* list-descriptors: exits with a bit for each of the descriptors 0 to 7 that is open. Needs none of them. */
#include <fcntl.h>

int main(void) {
    int open = 0;
    for (int i = 0; i < 8; i++)
        if (fcntl(i, F_GETFD) >= 0)
            open |= 1 << i;
    return open;
}
