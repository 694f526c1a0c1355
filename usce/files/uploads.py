from django.core.files.uploadhandler import MemoryFileUploadHandler as EncryptingUploadHandler

__all__ = ["EncryptingUploadHandler"]
