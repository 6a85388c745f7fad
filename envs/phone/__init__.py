"""A simulated Android phone: apps with state, drawn screens, tasks checked on state. Reached in process or over ADB."""
