"""Marketing: what members let SensorNordic send them, with proof, and a no that holds."""
