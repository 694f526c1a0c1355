from django.db import migrations

from usce.database import columns_never_changed


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [
        columns_never_changed(
            "bookings_coupon",
            *("code", "provider_id", "rotation_id", "bearer", "percent", "cents"),
            *("starts_on", "ends_on", "most_uses", "most_per_person", "made_by_id", "made_at"),
        ),
        columns_never_changed(
            "bookings_reduction", "booking_id", "coupon_id", "waiver_id", "bearer", "label", "cents"
        ),
        columns_never_changed("bookings_feewaiver", "offer_id", "cents", "asked_at"),
    ]
