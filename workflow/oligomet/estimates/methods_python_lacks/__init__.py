"""Methods that Python lacks: no maintained library reaches R's numbers. Each opens with what was looked at."""
