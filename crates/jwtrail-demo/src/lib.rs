//! The jwtrail demonstration: an example service, honest clients, the attack programme.
