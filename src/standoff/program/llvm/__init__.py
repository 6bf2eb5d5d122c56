"""The kernel of a long run: LLVM's text from a program's plan, compiled for this processor and kept."""
