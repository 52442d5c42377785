from django.urls import path

from casemgr.backoffice import device_views, inbox_views, notice_views
from casemgr.backoffice import inbox_put_off_views as wishes

urlpatterns = [
    path("inbox/", inbox_views.inbox_page, name="inbox"),
    path("inbox/state/", inbox_views.inbox_state, name="inbox-state"),
    path("inbox/later/", inbox_views.inbox_put_off_page, name="inbox-later"),
    path("inbox/read-all/", inbox_views.inbox_read_all, name="inbox-read-all"),
    path("inbox/settings/", notice_views.NoticeSettingsView.as_view(), name="notice-settings"),
    path("inbox/settings/agency/", notice_views.CompulsoryView.as_view(), name="notice-compulsory"),
    path("inbox/settings/address/", notice_views.AddressView.as_view(), name="notice-address"),
    path("inbox/settings/devices/", device_views.DevicesView.as_view(), name="notice-devices"),
    path("inbox/settings/devices/<int:pk>/end/", device_views.EndDeviceView.as_view(), name="notice-device-end"),
    path("push-worker.js", device_views.push_worker, name="push-worker"),
    path("inbox/<int:pk>/", inbox_views.inbox_open, name="inbox-open"),
    path("inbox/<int:pk>/later/", wishes.put_off, name="inbox-put-off"),
    path("inbox/<int:pk>/now/", wishes.take_up, name="inbox-take-up"),
    path("inbox/follows/<int:pk>/end/", wishes.end_follow, name="follow-end"),
    path("inbox/mutes/<int:pk>/end/", wishes.end_mute, name="mute-end"),
    path("cases/<str:number>/follow/", wishes.follow, name="follow"),
    path("cases/<str:number>/mute/", wishes.mute, name="mute"),
]
