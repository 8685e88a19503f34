"""Companies to try things on: definitions, stock, orders and forecasts of realistic size, as values."""

from prodstock.datasets.chemicals import chemicals as chemicals
from prodstock.datasets.data_set import DataSet as DataSet
from prodstock.datasets.food import food as food
from prodstock.datasets.furniture import furniture as furniture
from prodstock.datasets.hearing import hearing_device as hearing_device
from prodstock.datasets.sized import sized as sized
