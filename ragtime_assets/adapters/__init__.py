"""One outside system per module: each implements a port and turns its library's errors into ours."""
