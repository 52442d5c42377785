"""The business's pages. Each opts out of the staff's sign-in; a link or an account opens them."""

from django.urls import path

from casemgr.business import complaint, entrance, rooms

app_name = "business"

urlpatterns = [
    path("", entrance.Entrance.as_view(), name="entrance"),
    path("ma/", entrance.SecondFactor.as_view(), name="second-factor"),
    path("ma/gui-lai/", entrance.new_code, name="new-code"),
    path("khieu-nai/", complaint.complaint, name="complaint"),
    path("thoat/", entrance.leave, name="leave"),
    *rooms.urlpatterns,
]
