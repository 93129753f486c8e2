"""The order files of a configuration: found, read in child processes, cached, and watched for changes."""
