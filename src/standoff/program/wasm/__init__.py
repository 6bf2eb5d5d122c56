"""A program as WebAssembly: compiled in milliseconds, run here and in every browser, with the reference's bits."""
