"""FastAPI with fastapi-users, as its documentation shows it, behind uvicorn's access log."""

import contextlib
import os
import socket
import uuid

import uvicorn
from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import StaticPool

SECRET = os.environ["TOKEN_SECRET"]


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    pass


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    reset_password_token_secret = SECRET
    verification_token_secret = SECRET


engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def user_manager():
    async with sessions() as session:
        yield UserManager(SQLAlchemyUserDatabase(session, User))


backend = AuthenticationBackend(
    name="jwt",
    transport=BearerTransport(tokenUrl="auth/jwt/login"),
    get_strategy=lambda: JWTStrategy(secret=SECRET, lifetime_seconds=3600),
)
users = FastAPIUsers[User, uuid.UUID](user_manager, [backend])
active_user = users.current_user(active=True)


@contextlib.asynccontextmanager
async def lifespan(_app):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as session:
        user = User(id=uuid.UUID("00000000-0000-4000-8000-0000000000aa"), email="a@example.com", hashed_password="-")
        session.add(user)
        await session.commit()
    yield


app = FastAPI(title="Orders", lifespan=lifespan)
app.include_router(users.get_auth_router(backend), prefix="/auth/jwt", tags=["auth"])


@app.get("/orders")
async def orders(_user: User = Depends(active_user)):
    return []


@app.get("/orders/{id}")
async def order(id: int, _user: User = Depends(active_user)):
    return {"id": id}


@app.post("/orders", status_code=201)
async def create(_user: User = Depends(active_user)):
    return {}


logging = dict(uvicorn.config.LOGGING_CONFIG)
logging["handlers"] = dict(logging["handlers"])
logging["handlers"]["access"] = {
    "class": "logging.FileHandler",
    "filename": os.environ["LOG"],
    "formatter": "access",
}
logging["formatters"]["access"]["use_colors"] = False

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(f"ready http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(app, log_config=logging)).run(sockets=[listener])
