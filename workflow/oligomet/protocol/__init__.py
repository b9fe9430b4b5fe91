"""What a trial's monitor asks: who was eligible where, what deviates from the protocol, which scans are missing, what
each centre is to answer, and whether accrual goes as planned. Nothing here changes what is analysed.
"""
