"""Makes lightgbm.txt and the figures of tests/all/trees.rs. LightGBM 4.7.0, NumPy; one thread."""
import lightgbm as lgb, numpy as np
rng=np.random.default_rng(0); n=600
X=rng.normal(size=(n,5)).round(2); X[:,3]=rng.integers(0,7,n); X[rng.random(n)<.1,0]=np.nan; X[rng.random((n))<.3,1]=0
z=np.nan_to_num(X[:,0],nan=1.5)+X[:,1]*X[:,2]+np.isin(X[:,3],[1,4,6])*2-1
y=(rng.random(n)<1/(1+np.exp(-z))).astype(int)
m=lgb.train(dict(objective='binary',num_leaves=6,min_data_in_leaf=10,verbose=-1,seed=1,min_data_per_group=5,cat_smooth=1,max_cat_to_onehot=2),lgb.Dataset(X,y,categorical_feature=[3]),num_boost_round=6)
m.save_model('lightgbm.txt',num_iteration=6)
t=open('lightgbm.txt').read(); t=t[:t.index('end of trees')+len('end of trees')]+'\n'
# only what a reader needs
t='\n'.join(l for l in t.split('\n') if not l.startswith(('feature_infos','tree_sizes','monotone')))
open('lightgbm.txt','w').write(t)
R=X[[0,1,2,3,4,5,6,7]]
p=m.predict(R,raw_score=True); c=m.predict(R,pred_contrib=True)
def f(a): return '[' + ', '.join('f64::NAN' if np.isnan(v) else repr(float(v)) for v in a)+']'
print('ROWS');[print(f(r)+',') for r in R]
print('RAW',f(p)); print('CONTRIB');[print(f(r)+',') for r in c]
