"""The outcomes for other programs: analysis data sets in the names and shapes of CDISC's ADaM.

adam       ADSL, ADTTE and ADRS from the tables of the outcomes stage
transport  the same as SAS transport files (version 5, as agencies ask for) and as CSV
"""
