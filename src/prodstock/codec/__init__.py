"""Documents and records: the only package that knows cattrs. Strict on the way in, canonical on the way out."""

from prodstock.codec.json_text import Floats as Floats
from prodstock.codec.reading import load_event as load_event
from prodstock.codec.reading import loads as loads
from prodstock.codec.records import from_records as from_records
from prodstock.codec.writing import SCHEMA as SCHEMA
from prodstock.codec.writing import dumps as dumps
