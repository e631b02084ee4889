"""Completion of the command line in bash, zsh and fish: the scripts, and the answers to a shell that asks."""

#: The environment variable by which the script of a shell asks what may stand at the cursor.
COMPLETION_VARIABLE = "_WEIGHTSCOPE_COMPLETE"
