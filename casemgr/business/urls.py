"""The business's pages. Each opts out of the staff's sign-in; a link or an account opens them."""

from django.urls import path

from casemgr.business import account, complaint, entrance, result, rooms
from casemgr.public import news

app_name = "business"

urlpatterns = [
    path("", entrance.Entrance.as_view(), name="entrance"),
    path("ma/", entrance.SecondFactor.as_view(), name="second-factor"),
    path("ma/gui-lai/", entrance.new_code, name="new-code"),
    path("khieu-nai/", complaint.Complaint.as_view(), name="complaint"),
    path("khieu-nai/anh/<int:derivative>/", complaint.picture, name="picture"),
    path("khieu-nai/tep/", complaint.upload, name="upload"),
    path("khieu-nai/tep/<int:upload_id>/xoa/", complaint.remove, name="upload-remove"),
    path("ket-qua/", result.result, name="result"),
    path("ket-qua/danh-gia/", result.rate, name="rate"),
    path("tai-khoan/", account.account, name="account"),
    path("tai-khoan/dang-nhap/", account.SignIn.as_view(), name="sign-in"),
    path("tai-khoan/ma/", account.AccountCode.as_view(), name="account-code"),
    path("tai-khoan/khieu-nai/<int:link_id>/", account.open_complaint, name="open-complaint"),
    path("tin-moi/", news.of_link, name="news"),
    path("thoat/", entrance.leave, name="leave"),
    *rooms.urlpatterns,
]
