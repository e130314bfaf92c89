"""Foreign files are opened in child processes only, with limits on time, memory and what they may touch.

pool.py     in this process: hands files to nurseries, gives back what came of them
nursery.py  a process that has loaded the readers and forks a fresh child for every file
limits.py   what a child may use and do
frames.py   how the processes talk: JSON heads and bytes, never pickles
"""
