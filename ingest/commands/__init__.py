"""The commands of `gongkai`, a module each; registered in `ingest.application`."""
