"""The invented company Velmora Software: what happened to it, written as exports of its systems."""
