"""The subcommands of `lsk`, one module each, loaded when they are asked for."""
