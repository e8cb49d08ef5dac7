#!/bin/sh
# Main process of a clean machine that somebody sits at: nothing runs there but what is typed.
exec sleep infinity
