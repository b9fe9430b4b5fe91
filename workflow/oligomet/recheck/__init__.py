"""The declared tables once more, in R: a script that a statistician reads, runs and believes."""
