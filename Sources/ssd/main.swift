print("ssd")
