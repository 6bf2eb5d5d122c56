"""What every emitter shares: the program as a graph of operations, cut into loops and rows."""
