"""Flask-AppBuilder with its security API, as its documentation shows it, behind werkzeug's log."""

import logging
import os

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_appbuilder.api import BaseApi, expose, protect, safe
from flask_appbuilder.models.sqla.base import SQLA
from werkzeug.serving import make_server

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["TOKEN_SECRET"],
    JWT_SECRET_KEY=os.environ["TOKEN_SECRET"],
    SQLALCHEMY_DATABASE_URI="sqlite://",
    SQLALCHEMY_TRACK_MODIFICATIONS=False,
    FAB_ADD_SECURITY_API=True,
)
db = SQLA(app)


class OrdersApi(BaseApi):
    resource_name = "orders"
    allow_browser_login = False

    @expose("/", methods=["GET"])
    @protect()
    @safe
    def get_list(self):
        return self.response(200, result=[])

    @expose("/<int:id>", methods=["GET"])
    @protect()
    @safe
    def get(self, id):
        return self.response(200, id=id)

    @expose("/", methods=["POST"])
    @protect()
    @safe
    def post(self):
        return self.response(201)


with app.app_context():
    appbuilder = AppBuilder(app, db.session)
    appbuilder.add_api(OrdersApi)
    security = appbuilder.sm
    admin = security.find_role("Admin")
    security.add_user("ada", "Ada", "Lovelace", "ada@example.com", admin, password="ada-TEST-ONLY-password")

access = logging.getLogger("werkzeug")
access.setLevel(logging.INFO)
access.addHandler(logging.FileHandler(os.environ["LOG"]))
access.propagate = False

server = make_server("127.0.0.1", 0, app, threaded=False)
print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
