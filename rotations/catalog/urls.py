from django.urls import path

from rotations.catalog.views import begin, dates, rooms

app_name = "catalog"

provider = [
    path("rotations/new", begin.new, name="new"),
    path("rotations/<pid:public_id>", rooms.page, name="page"),
    path("rotations/<pid:public_id>/requirements", rooms.requirements, name="requirements"),
    path("rotations/<pid:public_id>/price", rooms.price, name="price"),
    path("rotations/<pid:public_id>/history", rooms.history, name="history"),
    path("rotations/<pid:public_id>/submit", begin.preview, name="preview"),
    path("rotations/<pid:public_id>/dates", dates.dates, name="dates"),
    path("rotations/<pid:public_id>/dates/<pid:opening_id>/close", dates.close, name="close"),
    path("rotations/<pid:public_id>/dates/<pid:opening_id>/seats", dates.seats, name="seats"),
    path("rotations/<pid:public_id>/dates/<pid:opening_id>/cancel", dates.cancel, name="cancel"),
]
