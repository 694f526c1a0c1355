"""Papers of one line as uploads, encrypted like any other."""

from usce.files.uploads import EncryptedUpload, EncryptingUploadHandler

PAGE = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R\
/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length {length}>>stream
{text}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def a_cv(name: str) -> EncryptedUpload:
    return a_paper(f"Invented CV of {name}, for the demo", "CV (invented).pdf")


def a_paper(line: str, file_name: str) -> EncryptedUpload:
    text = f"BT /F1 18 Tf 72 700 Td ({line}) Tj ET"
    content = PAGE.format(length=len(text), text=text).encode("ascii", "replace")
    handler = EncryptingUploadHandler()
    handler.new_file("file", file_name, "application/pdf", len(content), None)
    handler.receive_data_chunk(content, 0)
    return handler.file_complete(len(content))
