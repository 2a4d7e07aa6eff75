"""Does a credential match the JSON schema that it names? (VC Data Model 2.0, 4.11; VC JSON Schema)"""
