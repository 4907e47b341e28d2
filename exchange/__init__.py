"""Other people's formats, out and in: national 2.0 tables, XES, OCEL, iCal, xlsx. Pure."""
