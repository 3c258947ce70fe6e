"""The commands of `gongkai`, a module each; registered in `gongkai.application`."""
