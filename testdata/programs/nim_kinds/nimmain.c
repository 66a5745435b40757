extern void NimMain(void);
int main(void) { NimMain(); return 0; }
int flockfile(void *f) { (void)f; return 0; }
int funlockfile(void *f) { (void)f; return 0; }
