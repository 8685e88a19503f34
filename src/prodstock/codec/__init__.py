"""Documents and records: the only package that knows cattrs. Strict on the way in, canonical on the way out."""

from prodstock.codec.document import dump_document as dump_document
from prodstock.codec.document import load_document as load_document
from prodstock.codec.json_text import Floats as Floats
from prodstock.codec.reading import load_event as load_event
from prodstock.codec.reading import loads as loads
from prodstock.codec.records import from_records as from_records
from prodstock.codec.schema import document_schema as document_schema
from prodstock.codec.writing import SCHEMA as SCHEMA
from prodstock.codec.writing import dumps as dumps
