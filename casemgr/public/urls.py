"""Citizens' pages. Each opts out of the sign-in that everything else asks for."""

from django.urls import path

from casemgr.public import news, told_urls
from casemgr.public.views import (
    files,
    lodging,
    messages,
    pages,
    papers,
    places,
    rating,
    rooms,
    subscribing,
    tracking,
    verifying,
)

app_name = "public"

urlpatterns = [
    *told_urls.urlpatterns,
    path("", pages.home, name="home"),
    path("khan-cap/", pages.emergency, name="emergency"),
    path("xac-minh/", verifying.VerifyPage.as_view(), name="verify"),
    path("dang-ky-nhan-tin/", subscribing.Subscribe.as_view(), name="subscribe"),
    path("dang-ky-nhan-tin/da-gui/", subscribing.sent, name="subscribe-sent"),
    path("dang-ky-nhan-tin/xac-nhan/<str:token>/", subscribing.Confirm.as_view(), name="subscribe-confirm"),
    path("dang-ky-nhan-tin/dung/<str:token>/", subscribing.stop_page, name="subscribe-stop"),
    path("quyen-rieng-tu/", pages.privacy, name="privacy"),
    path("goi-y/xa-phuong/", places.communes, name="communes"),
    path("gui/", lodging.LodgeStep.as_view(), name="lodge"),
    path("gui/khan-cap/", lodging.emergency, name="lodge-emergency"),
    path("gui/tep/", files.upload, name="upload"),
    path("gui/tep/<int:upload_id>/xoa/", files.remove, name="upload-remove"),
    path("gui/da-nhan/", lodging.ReceiptPage.as_view(), name="receipt"),
    path("gui/xoa/", lodging.forget, name="forget"),
    path("gui/<slug:slug>/", lodging.LodgeStep.as_view(), name="lodge-step"),
    path("tra-cuu/", tracking.Track.as_view(), name="track"),
    path("tra-cuu/thu-thach/", tracking.challenge, name="challenge"),
    path("tra-cuu/thoat/", tracking.leave, name="leave"),
    path("tra-cuu/tep/", files.upload_supplement, name="track-upload"),
    path("tra-cuu/tep/<int:upload_id>/xoa/", files.remove_supplement, name="track-upload-remove"),
    path("tra-cuu/ho-so/", tracking.Report.as_view(), name="report"),
    path("tra-cuu/ho-so/tin-moi/", news.of_report, name="news"),
    path("tra-cuu/ho-so/van-ban/<int:pk>/", papers.Paper.as_view(), name="paper"),
    path("tra-cuu/ho-so/tra-loi/", tracking.Answer.as_view(), name="answer"),
    path("tra-cuu/ho-so/bo-sung/", tracking.AddInformation.as_view(), name="supplement"),
    path("tra-cuu/ho-so/khong-dong-y/", tracking.Objection.as_view(), name="object"),
    path("tra-cuu/ho-so/danh-gia/", rating.Rate.as_view(), name="rate"),
    path("tra-cuu/ho-so/thu-bao/", messages.Messages.as_view(), name="messages"),
    path("thu-bao/dung/<str:token>/", messages.mail_stop, name="mail-stop"),
    path("thu-bao/nhan-lai/<str:token>/", messages.mail_resume, name="mail-resume"),
    path("tra-cuu/ho-so/rut/", tracking.Withdraw.as_view(), name="withdraw"),
    path("tra-cuu/ho-so/thuong-luong/", rooms.RoomPage.as_view(), name="room"),
    path("tra-cuu/ho-so/thuong-luong/bien-ban/", rooms.Minutes.as_view(), name="minutes"),
    path("tra-cuu/ho-so/thuong-luong/bien-ban/tep/", rooms.MinutesFile.as_view(), name="minutes-file"),
]
