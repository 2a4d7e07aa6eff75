"""What a credential link opens: the record and its surroundings in, the report and its event out."""
