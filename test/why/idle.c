/* Ends at once: a program of one file, to be executed by whoever may. */
int main(void) { return 0; }
