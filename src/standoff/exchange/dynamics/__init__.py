"""Models of system dynamics: Vensim's .mdl, and XMILE."""
