"""Why a file of others was not taken, or one of ours cannot be written; nothing was kept of it.

The sentences stand in workflows/texts/exchange.toml.
"""

from __future__ import annotations

from workflows.errors import Refusal


class NotXmlError(Refusal):
    """The file is no well-formed XML."""

    code = "exchange.not_xml"


class DoctypeError(Refusal):
    """The file declares a document type or entities, which no event log needs."""

    code = "exchange.doctype"


class NotXesError(Refusal):
    """The file is XML, but its root is not a log."""

    code = "exchange.not_xes"


class TooLargeError(Refusal):
    """The file is larger than what is taken at once."""

    code = "exchange.too_large"


class TooManyError(Refusal):
    """The file has more of something than what is taken at once."""

    code = "exchange.too_many"


class LongCaseError(Refusal):
    """One case is longer than what is kept in memory at once."""

    code = "exchange.long_case"


class BadMappingError(Refusal):
    """The mapping is no TOML, or says something that it cannot say."""

    code = "exchange.mapping"


class MissingColumnError(Refusal):
    """The mapping names a column that the table does not have."""

    code = "exchange.no_column"


class NotTextError(Refusal):
    """The file is not in the encoding that the mapping names."""

    code = "exchange.encoding"


class BadTableError(Refusal):
    """A line of a table cannot be read."""

    code = "exchange.bad_table"


class NothingUsableError(Refusal):
    """Not one event could be used."""

    code = "exchange.nothing"


class UnknownFormatError(Refusal):
    """Nobody said what the file is, and its name does not tell."""

    code = "exchange.format"


class NotFactsError(Refusal):
    """The file holds no facts, or those of another version."""

    code = "exchange.not_facts"


class NoPrinterError(Refusal):
    """PDF cannot be written here: the extra `pdf`, or a system library of it, is not installed."""

    code = "exchange.no_printer"


class UnwritableError(Refusal):
    """A text holds a character that the format cannot express."""

    code = "exchange.unwritable"


class BadObjectsError(Refusal):
    """The file is no object-centric log (OCEL 2.0), or contradicts itself."""

    code = "exchange.not_ocel"
