"""Methods that Python lacks: where no maintained library reaches R's numbers. Each module says what was looked at."""
