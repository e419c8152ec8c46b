/* What a checker takes to start. */
int main(void) { return 0; }
